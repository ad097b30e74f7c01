#pragma once

#if defined(__SANITIZE_THREAD__)
#define SLUICE_TSAN 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define SLUICE_TSAN 1
#endif
#endif

#ifdef SLUICE_TSAN
#include <sanitizer/tsan_interface.h>

extern "C" {
// Exported by the sanitizer's runtime, declared by no header.
void AnnotateIgnoreReadsBegin(const char* file, int line);
void AnnotateIgnoreReadsEnd(const char* file, int line);
void AnnotateIgnoreWritesBegin(const char* file, int line);
void AnnotateIgnoreWritesEnd(const char* file, int line);
}
#endif

namespace sluice {

/// While one lives, the thread sanitizer does not look at what this thread does; in other builds it is
/// nothing. For the destruction of CAF's actor system only: its own actors are handed over by code that is
/// not instrumented. None of our actors is left by then.
class unobserved {
public:
#ifdef SLUICE_TSAN
  unobserved() {
    AnnotateIgnoreReadsBegin(__FILE__, __LINE__);
    AnnotateIgnoreWritesBegin(__FILE__, __LINE__);
  }
  ~unobserved() {
    AnnotateIgnoreWritesEnd(__FILE__, __LINE__);
    AnnotateIgnoreReadsEnd(__FILE__, __LINE__);
  }
#else
  unobserved() {}
  ~unobserved() {}
#endif
  unobserved(const unobserved&) = delete;
  unobserved& operator=(const unobserved&) = delete;
};

} // namespace sluice
