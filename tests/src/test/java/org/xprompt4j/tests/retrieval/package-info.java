/** How well and how fast an index of pairs finds its neighbours, beside looking at all of them. */
package org.xprompt4j.tests.retrieval;
