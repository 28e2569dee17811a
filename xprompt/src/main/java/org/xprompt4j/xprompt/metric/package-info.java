/**
 * How close two pictures are, and how sure a mean over photographs is. All in float64, on 8-bit RGB pictures of equal size.
 * The figures agree with scikit-image's; which covariance and which windows SSIM uses is said in
 * {@link org.xprompt4j.xprompt.metric.Ssim}. Read {@link org.xprompt4j.xprompt.metric.Psnr} first;
 * {@link org.xprompt4j.xprompt.metric.Bootstrap} gives the 95 % intervals of the reports.
 */
package org.xprompt4j.xprompt.metric;
