#pragma once

#include "persistence/sqlite/store_file.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

struct inotify_event;

namespace sluice {

/// Something that happened to a name in a directory. It says where to look, not what is there now.
struct directory_event {
  enum class kind {
    created,
    written, ///< somebody who had it open for writing has closed it
    touched, ///< its rights, times or links have changed
    deleted,
    moved_out,
    moved_in,
    missed, ///< the kernel had to leave out events; no name
  };
  kind what = kind::missed;
  std::string name = {};
  /// `moved_out` and `moved_in` of one rename have the same; otherwise 0.
  std::uint32_t move = 0;
};

/// What happens in a directory, by inotify(7). Never waits.
class directory_watch {
public:
  /// Watches nothing yet. Throws `error("rules_unavailable")` when the kernel gives no watch.
  directory_watch();
  directory_watch(const directory_watch&) = delete;
  directory_watch& operator=(const directory_watch&) = delete;
  ~directory_watch();

  /// Readable when `take` has something to return.
  int descriptor() const noexcept { return descriptor_; }

  /// Watches an open directory, and that one alone, from here on. Throws `error("rules_unavailable")`.
  void watch(int directory);
  /// Watches nothing.
  void stop() noexcept;
  /// True when it is this open directory that is watched. Not any more once it was moved or deleted and
  /// `take` has seen that.
  bool is_watching(int directory) const noexcept;

  /// Returns what has happened since the last call, in order.
  std::vector<directory_event> take();

private:
  void add(const inotify_event& event, const char* name, std::vector<directory_event>& to);

  int descriptor_ = -1;
  int watched_ = -1;
  std::optional<file_identity> identity_;
};

} // namespace sluice
