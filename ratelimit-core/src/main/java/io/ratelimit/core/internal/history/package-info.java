/** The form in which a round is kept, and what is counted of a round while it lasts. */
@NullMarked
package io.ratelimit.core.internal.history;

import org.jspecify.annotations.NullMarked;
