/**
 * Long lives and sudden deaths: memory that must stay flat over thousands of steps, trainings that are killed at random moments.
 * Short ones run with the tests; {@code tests/endurance.sh} runs the long ones and draws what they find. Read
 * {@link org.xprompt4j.tests.endurance.Soak} and {@link org.xprompt4j.tests.endurance.KilledTraining} first.
 */
package org.xprompt4j.tests.endurance;
