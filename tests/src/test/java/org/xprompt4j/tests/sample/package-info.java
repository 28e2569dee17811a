/** The program that README.md shows, compiled as it stands there: {@link org.xprompt4j.tests.sample.ReadmeSample}. */
package org.xprompt4j.tests.sample;
