#pragma once

#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdlib.h>
#include <string>
#include <string_view>

namespace sluice::testing {

/// A folder of a test's own, removed with what is in it.
class temporary_folder {
public:
  temporary_folder() {
    char name[] = "/tmp/sluice-io-XXXXXX";
    path_ = ::mkdtemp(name);
  }
  temporary_folder(const temporary_folder&) = delete;
  temporary_folder& operator=(const temporary_folder&) = delete;
  ~temporary_folder() { std::filesystem::remove_all(path_); }

  const std::string& path() const { return path_; }
  /// Returns the path of `name` in the folder.
  std::string file(const std::string& name) const { return path_ + "/" + name; }
  /// Writes a file (or adds to it) and returns its path.
  std::string put(const std::string& name, std::string_view content, bool append = false) const {
    std::ofstream out(file(name), append ? std::ios::app : std::ios::trunc);
    out << content;
    return file(name);
  }
  std::string content(const std::string& name) const {
    std::ifstream in(file(name), std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }

private:
  std::string path_;
};

} // namespace sluice::testing
