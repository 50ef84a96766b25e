/** What rounds were, kept for later: what each one's facts are, and where they are kept. */
@CheckReturnValue
@NullMarked
package io.ratelimit.core.history;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
