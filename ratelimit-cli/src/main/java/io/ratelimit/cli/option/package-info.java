/** Options that several commands share, and their values. */
@NullMarked
package io.ratelimit.cli.option;

import org.jspecify.annotations.NullMarked;
