/**
 * Real servers for tests, each in a process of its own on this machine's loopback address: Redis
 * and Temporal. A server ends when it is closed, and with the JVM at the latest.
 */
@CheckReturnValue
@NullMarked
package io.ratelimit.testkit.server;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
