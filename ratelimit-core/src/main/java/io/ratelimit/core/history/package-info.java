/** The history of rounds: the record of a round, and the stores that keep such records. */
@CheckReturnValue
@NullMarked
package io.ratelimit.core.history;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
