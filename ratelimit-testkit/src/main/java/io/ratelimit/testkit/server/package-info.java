/**
 * Real servers for tests, each in a separate process on this machine's loopback address: Redis and
 * Temporal. A server ends when it is closed or when the JVM ends.
 */
@CheckReturnValue
@NullMarked
package io.ratelimit.testkit.server;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
