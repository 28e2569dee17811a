/**
 * Configuration files: JSON into records, with every mistake named by file and field.
 *
 * <p>Read {@link org.xprompt4j.xprompt.config.ConfigFile} first.
 */
package org.xprompt4j.xprompt.config;
