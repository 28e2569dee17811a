/** Tests of fetching public models, with a stand-in for Maven. */
package org.xprompt4j.xprompt.models;
