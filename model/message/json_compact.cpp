#include "model/message/json_reader.hpp"
#include "model/message/json_scan.hpp"

namespace sluice::detail {

std::string compact_json(std::string_view source) {
  if (source.substr(0, byte_order_mark.size()) == byte_order_mark)
    source.remove_prefix(byte_order_mark.size());
  std::string out;
  out.reserve(source.size());
  bool in_string = false;
  for (std::size_t at = 0; at < source.size(); ++at) {
    const char byte = source[at];
    if (!in_string && is_space(byte))
      continue;
    out.push_back(byte);
    if (byte == '"')
      in_string = !in_string;
    else if (byte == '\\') // only in a string; the next byte is part of the escape
      out.push_back(source[++at]);
  }
  return out;
}

} // namespace sluice::detail
