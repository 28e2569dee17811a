package org.xprompt4j.xprompt.cli;

import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.util.concurrent.Callable;
import org.xprompt4j.tensor.HostMemoryPool;
import org.xprompt4j.tensor.InvalidInput;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * The entry point. Exit code 0: done; 2: the user's input or environment is at fault, one line on standard error says what,
 * where and what to do; 1: our fault, with a stack trace and how to report it. Results go to standard output, everything
 * else to standard error.
 */
@Command(name = "xp", version = Main.VERSION,
        description = "X-Prompt on the JVM: show one worked example, get the same task done on a new photo.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
        DemoCommand.class,
        GenerateCommand.class,
        CompressCommand.class,
        IndexCommand.class,
        RetrieveCommand.class,
        EditCommand.class,
        DescribeCommand.class,
        ChatCommand.class,
        EvalCommand.class,
        TokenizeCommand.class,
        DetokenizeCommand.class,
        DataCommand.class,
        ModelsCommand.class,
        TrainTokenizerCommand.class,
        TrainCommand.class,
        TrainBpeCommand.class,
        InfoCommand.class,
        DoctorCommand.class,
        MaskCommand.class,
        ExplainCommand.class,
        CourseCommand.class,
        BenchCommand.class,
        KernelCommand.class,
        ReproduceCommand.class},
        footerHeading = "%nExamples:%n",
        footer = {
            "  xp demo                               the whole job on real photographs, with the shipped model",
            "  xp generate --example day.png night.png --input photo.jpg --out photo-night.png",
            "  xp info xprompt/models/demo           what a checkpoint holds",
            "  xp COMMAND --help                     teaches that command",
            "",
            "Exit codes: 0 done, 2 your input or environment (one line says what to do), 1 a fault of this program,",
            "130 after Ctrl-C: trainings save their state first, and no command leaves half a file.",
            "XP_JAVA_OPTS adds options for the JVM, such as -Xmx8g, or -D" + HostMemoryPool.LIMIT_PROPERTY + "=2g, the most that tensors may take.",
            "'xp --show-command ...' prints the java line."})
public final class Main implements Callable<Integer> {
    static final String VERSION = "xprompt4j 0.1.0";
    private static final int HELP_WIDTH = 120;
    static final int DONE = 0;
    static final int OUR_FAULT = 1;
    static final int USER_FAULT = 2;

    @Spec
    private CommandSpec spec;

    @CommandLine.Mixin
    private HelpOptions help;

    private Main() {
    }

    public static void main(String[] args) {
        StandardError.restore();
        Interruption.install();
        System.exit(run(System.out, System.err, args));
    }

    /**
     * Runs a command line.
     *
     * @param out where results go
     * @param err where progress, logs and errors go
     * @return the exit code
     */
    public static int run(PrintStream out, PrintStream err, String... args) {
        PrintWriter results = new PrintWriter(new OutputStreamWriter(out, StandardCharsets.UTF_8), true);
        PrintWriter messages = new PrintWriter(new OutputStreamWriter(err, StandardCharsets.UTF_8), true);
        CommandLine commands = new CommandLine(new Main()).setOut(results).setErr(messages)
                .setCaseInsensitiveEnumValuesAllowed(true).setUsageHelpAutoWidth(false).setUsageHelpWidth(HELP_WIDTH)
                .setParameterExceptionHandler((fault, ignored) -> usage(fault, messages))
                .setExecutionExceptionHandler((fault, command, parsed) -> report(fault, messages));
        flow(commands);
        try {
            return commands.execute(args);
        } catch (OutOfMemoryError | StackOverflowError fault) {
            return report(fault, messages);
        } finally {
            results.flush();
            messages.flush();
        }
    }

    /** Descriptions are written line by line in the sources; help breaks them where its width ends. */
    private static void flow(CommandLine command) {
        CommandLine.Model.UsageMessageSpec usage = command.getCommandSpec().usageMessage();
        usage.description(String.join(" ", usage.description()));
        command.getSubcommands().values().forEach(Main::flow);
    }

    /** Called when no command was named. */
    @Override
    public Integer call() {
        throw new ParameterException(spec.commandLine(), "no command given");
    }

    private static int usage(ParameterException fault, PrintWriter err) {
        CommandLine command = fault.getCommandLine();
        String name = command.getCommandSpec().qualifiedName();
        err.println(oneLine(name + ": " + fault.getMessage() + "; see '" + name + " --help'"));
        return USER_FAULT;
    }

    private static int report(Throwable fault, PrintWriter err) {
        if (Interruption.abandoned()) {
            return USER_FAULT; // the process ends with the code of the signal
        }
        for (Throwable cause = fault; cause != null; cause = cause.getCause()) {
            if (cause instanceof InvalidInput) {
                err.println(oneLine("xp: " + cause.getMessage()));
                return USER_FAULT;
            }
            if (cause instanceof FileSystemException full) { // disk full, no permission: its message names the file
                err.println(oneLine("xp: " + full.getMessage() + "; check space and permissions there"));
                return USER_FAULT;
            }
            if (cause instanceof OutOfMemoryError) {
                err.println("xp: out of memory (" + oneLine(String.valueOf(cause.getMessage()))
                        + "); give the JVM more, for example XP_JAVA_OPTS=-Xmx" + (Runtime.getRuntime().maxMemory() >> 29) + "g");
                return USER_FAULT;
            }
        }
        err.println("xp: a fault of this program. Please report it with the command, the lines below and: "
                + VERSION + ", Java " + System.getProperty("java.version") + ", " + System.getProperty("os.name") + " " + System.getProperty("os.arch"));
        fault.printStackTrace(err);
        return OUR_FAULT;
    }

    /** Control characters of hostile file and field names never reach the terminal. */
    static String oneLine(String text) {
        return text.strip().replaceAll("\\R+", " ").replaceAll("\\p{Cntrl}", "?");
    }
}
