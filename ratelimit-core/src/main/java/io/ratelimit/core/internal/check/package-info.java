/** What arguments must be. */
@NullMarked
package io.ratelimit.core.internal.check;

import org.jspecify.annotations.NullMarked;
