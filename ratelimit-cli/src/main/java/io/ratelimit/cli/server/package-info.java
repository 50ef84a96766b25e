/** Servers that a command starts itself or finds running. */
@NullMarked
package io.ratelimit.cli.server;

import org.jspecify.annotations.NullMarked;
