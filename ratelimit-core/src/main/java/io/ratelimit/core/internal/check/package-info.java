/** What arguments must be, and how texts of unknown origin are shown. */
@NullMarked
package io.ratelimit.core.internal.check;

import org.jspecify.annotations.NullMarked;
