/**
 * The course of {@code docs/course}: one class for each chapter, which computes what the chapter claims, gives the numbers back and
 * draws the chapter's picture. Passages between {@code // [name]} and {@code // [end]} are quoted there, and a test compares them.
 *
 * <p>Read {@link org.xprompt4j.xprompt.course.Chapter} and {@link org.xprompt4j.xprompt.course.Course} first, then any chapter.
 */
package org.xprompt4j.xprompt.course;
