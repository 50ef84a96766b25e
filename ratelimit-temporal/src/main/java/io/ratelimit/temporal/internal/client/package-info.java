/** The parts of the client: calls to the server, and the translation of its failures. */
@CheckReturnValue
@NullMarked
package io.ratelimit.temporal.internal.client;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
