package org.xprompt4j.xprompt.cli;

import picocli.CommandLine.Option;

/** {@code --help} and {@code --version} of the program itself; commands have theirs in {@link CommonOptions}. */
final class HelpOptions {
    @Option(names = {"-h", "--help"}, usageHelp = true, description = "show this help and exit")
    private boolean help;

    @Option(names = {"-V", "--version"}, versionHelp = true, description = "print the version and exit")
    private boolean version;
}
