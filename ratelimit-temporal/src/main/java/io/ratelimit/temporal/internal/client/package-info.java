/** What stands behind the client: the server's calls, and what its failures mean. */
@CheckReturnValue
@NullMarked
package io.ratelimit.temporal.internal.client;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
