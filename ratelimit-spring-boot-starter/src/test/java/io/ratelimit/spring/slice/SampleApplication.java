package io.ratelimit.spring.slice;

import org.springframework.boot.autoconfigure.SpringBootApplication;

/** An application with handlers, and with more than a test of these wants to start. */
@SpringBootApplication
class SampleApplication {}
