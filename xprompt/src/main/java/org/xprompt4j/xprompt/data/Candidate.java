package org.xprompt4j.xprompt.data;

/**
 * A photograph found in a package, not decoded yet.
 *
 * @param photo its credits; width and height not known yet (0)
 * @param bytes its file
 * @param ship  whether its licence is stated for the picture itself, so that it may be put into the repository
 */
record Candidate(Photo photo, byte[] bytes, boolean ship) {}
