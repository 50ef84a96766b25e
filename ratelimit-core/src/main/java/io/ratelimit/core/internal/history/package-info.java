/** The stored format of a round, and what is counted while a round runs. */
@NullMarked
package io.ratelimit.core.internal.history;

import org.jspecify.annotations.NullMarked;
