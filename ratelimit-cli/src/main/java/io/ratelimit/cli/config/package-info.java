/** Options that the command line does not set: environment, file, and {@code config show}. */
@NullMarked
package io.ratelimit.cli.config;

import org.jspecify.annotations.NullMarked;
