/** Options that the command line does not give: environment, file, and {@code config show}. */
@NullMarked
package io.ratelimit.cli.config;

import org.jspecify.annotations.NullMarked;
