/** Checks of arguments, and the display of texts of unknown origin. */
@NullMarked
package io.ratelimit.core.internal.check;

import org.jspecify.annotations.NullMarked;
