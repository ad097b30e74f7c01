#pragma once

#include <string>
#include <utility>

namespace sluice {

/// Owns one open file descriptor and closes it. Thread: one owner at a time.
class file_descriptor {
public:
  static constexpr int none = -1;

  file_descriptor() = default;
  explicit file_descriptor(int number) noexcept : number_(number) {}
  file_descriptor(file_descriptor&& other) noexcept : number_(std::exchange(other.number_, none)) {}
  file_descriptor& operator=(file_descriptor&& other) noexcept {
    if (this != &other) {
      close();
      number_ = std::exchange(other.number_, none);
    }
    return *this;
  }
  ~file_descriptor() { close(); }

  bool is_open() const noexcept { return number_ != none; }
  /// Returns the number, or `none`; still owned here.
  int get() const noexcept { return number_; }
  /// Returns the number and gives it up.
  int release() noexcept { return std::exchange(number_, none); }
  /// Closes it, if open. Returns 0 or the error number: some file systems report a failed write only here.
  int close() noexcept;

private:
  int number_ = none;
};

/// The two ends of a pipe, both close-on-exec and neither of them 0, 1 or 2.
struct pipe_ends {
  file_descriptor reading;
  file_descriptor writing;
};

/// Returns a new pipe. Throws `error("no_descriptors")`.
pipe_ends make_pipe();

/// Makes reads and writes of this open file description return at once. Only for descriptors that no other
/// process shares.
void set_nonblocking(int descriptor);

/// Returns what the system calls error number `number`, e.g. "No such file or directory". From any thread.
std::string system_text(int number);

/// What `wait_for` waits for.
enum class readiness { readable, writable };

/// Waits at most `milliseconds` until `descriptor` can be read or written, has ended or is broken. Returns
/// false on timeout.
bool wait_for(int descriptor, readiness what, int milliseconds);

} // namespace sluice
