/** A Spring Boot application that audits wallets: to read, and to copy. */
@NullMarked
package io.ratelimit.examples.spring;

import org.jspecify.annotations.NullMarked;
