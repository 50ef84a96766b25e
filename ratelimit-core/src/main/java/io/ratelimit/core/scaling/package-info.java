/**
 * Pure, composable policies that decide how many workers and which limit a backlog and a deadline
 * require.
 *
 * <p><b>To configure</b>, read {@link WorkerRange}, {@link Confidence} and {@link Expectations};
 * {@link ScalingDecision} says what was decided and why, {@link Provision} what an autoscaler is to
 * know.
 *
 * <p><b>Only to write a policy</b> are {@link ScalingPolicy}, {@link ScalingInput} and what it
 * holds: {@link Workload}, {@link LimitLoad}, {@link TypeEstimate}, {@link Outlook}.
 */
@CheckReturnValue
@NullMarked
package io.ratelimit.core.scaling;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
