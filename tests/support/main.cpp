#define BOOST_TEST_MODULE sluice
#include "actors/messaging/thread_sanitizer.hpp"

#include <boost/test/unit_test.hpp>

#ifdef SLUICE_TSAN
// The count of references to an exception is kept by libstdc++.so, which is not instrumented: when a future
// hands one to another thread, the sanitizer cannot see that whoever frees it comes after the last who looked
// at it.
extern "C" const char* __tsan_default_suppressions() {
  return "race:std::__exception_ptr::exception_ptr::_M_release\n";
}
#endif
