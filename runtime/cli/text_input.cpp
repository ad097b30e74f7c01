#include "runtime/cli/text_input.hpp"

#include "runtime/config/text_file.hpp"

#include <istream>

namespace sluice {

namespace {

std::string read_stream(std::istream& in) {
  std::string text;
  char block[1 << 16];
  // One byte more than is allowed is enough to know.
  while (text.size() <= configuration_limit && (in.read(block, sizeof block), in.gcount() > 0))
    text.append(block, static_cast<std::size_t>(in.gcount()));
  return text;
}

} // namespace

std::string input_name(const std::string& file) {
  return file == "-" ? "<stdin>" : file;
}

std::string read_input(const std::string& file, cli_streams& streams) {
  return file == "-" ? read_stream(streams.in) : read_text_file(file);
}

} // namespace sluice
