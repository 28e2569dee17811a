/**
 * A small world for words and pictures: coloured forms on a plain ground, whose captions, requests and checks are exact. Read
 * {@link org.xprompt4j.xprompt.scene.Scene} first, then {@link org.xprompt4j.xprompt.scene.SceneRequest}; whether a picture shows what
 * was asked for is found out by {@link org.xprompt4j.xprompt.scene.SceneReader}.
 */
package org.xprompt4j.xprompt.scene;
