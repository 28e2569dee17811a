package org.xprompt4j.xprompt.data;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads the README files that GCompris keeps beside its pictures: blocks between empty lines, each with {@code Copyright:},
 * {@code License:}, {@code Source:} or {@code Comment:}, and the names of the files, one a line, with or without {@code Files:}.
 */
final class CreditReadme {
    private static final Pattern FIELD = Pattern.compile("^(Copyright|License|Source|Comments?|Files)\\s*:\\s*(.*)$");
    private static final Pattern FILE = Pattern.compile("[\\w./-]+\\.(webp|jpg|png)");

    /** Who made a picture, and under which terms it may be used. */
    record Credit(String author, String licence, String source) {}

    private CreditReadme() {}

    /** @return file name as written, relative to the README's folder, to its credit */
    static Map<String, Credit> read(String readme) {
        Map<String, Credit> credits = new HashMap<>();
        for (String block : readme.split("\\R\\s*\\R")) {
            Map<String, String> fields = new HashMap<>();
            List<String> files = new ArrayList<>();
            String field = "";
            for (String line : block.lines().toList()) {
                Matcher matcher = FIELD.matcher(line);
                String value = line.strip();
                if (matcher.matches()) {
                    field = matcher.group(1);
                    value = matcher.group(2).strip();
                }
                if (FILE.matcher(value).matches() && !field.equals("Source")) {
                    files.add(value);
                } else if (!value.isEmpty()) {
                    fields.merge(field, value, (a, b) -> a + "; " + b);
                }
            }
            String author = fields.getOrDefault("Copyright", "unknown").replace("Copyright ", "");
            String source = fields.getOrDefault("Source", fields.getOrDefault("Comment", "GCompris"));
            Credit credit = new Credit(author, licence(fields.getOrDefault("License", "unknown")), source);
            files.forEach(file -> credits.put(file, credit));
        }
        return credits;
    }

    /** One spelling for each licence: the files write CC-BY 2.0 and CC-BY-2.0, Public Domain and Public domain. */
    private static String licence(String written) {
        String spelt = written.replace("CC-BY-SA ", "CC-BY-SA-").replace("CC-BY ", "CC-BY-");
        return spelt.toLowerCase(Locale.ROOT).equals("public domain") ? "public domain" : spelt;
    }

    /** May be copied into an Apache-2.0 repository with its credit: CC0, public domain, CC-BY. */
    static boolean tierA(String licence) {
        return licence.equals("public domain") || licence.startsWith("CC0") || licence.startsWith("CC-BY-") && !licence.startsWith("CC-BY-SA");
    }
}
