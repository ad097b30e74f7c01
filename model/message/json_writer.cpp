#include "model/message/json_writer.hpp"

#include "model/message/json_scan.hpp"
#include "model/message/utf8.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <charconv>
#include <cmath>
#include <cstring>
#include <utility>

namespace sluice::detail {

namespace {

using nlohmann::ordered_json;

/// What stands for a byte of a string: 0, itself; 1, think about UTF-8; `u`, a \u escape; else the letter of
/// its escape.
constexpr auto escapes = [] {
  std::array<char, 256> table{};
  for (std::size_t byte = 0; byte < 0x20; ++byte)
    table[byte] = 'u';
  for (std::size_t byte = 0x80; byte < 0x100; ++byte)
    table[byte] = 1;
  table['"'] = '"';
  table['\\'] = '\\';
  table['\b'] = 'b';
  table['\f'] = 'f';
  table['\n'] = 'n';
  table['\r'] = 'r';
  table['\t'] = 't';
  return table;
}();

/// Appends to a string with one check for room per piece instead of the string's own bookkeeping per byte.
class writer {
public:
  explicit writer(std::string& out) : out_(out), used_(out.size()) {}
  writer(const writer&) = delete;
  writer& operator=(const writer&) = delete;
  ~writer() { out_.resize(used_); }

  void write(const ordered_json& value) {
    switch (value.type()) {
    case ordered_json::value_t::object:
      return write_object(value.get_ref<const ordered_json::object_t&>());
    case ordered_json::value_t::array:
      return write_array(value.get_ref<const ordered_json::array_t&>());
    case ordered_json::value_t::string:
      return write_string(value.get_ref<const std::string&>());
    case ordered_json::value_t::boolean:
      return put(*value.get_ptr<const ordered_json::boolean_t*>() ? "true" : "false");
    case ordered_json::value_t::number_integer:
      return write_integer(*value.get_ptr<const ordered_json::number_integer_t*>());
    case ordered_json::value_t::number_unsigned:
      return write_integer(*value.get_ptr<const ordered_json::number_unsigned_t*>());
    case ordered_json::value_t::number_float:
      return write_double(*value.get_ptr<const ordered_json::number_float_t*>());
    default:
      put("null");
    }
  }

  void write_string(std::string_view value) {
    put('"');
    const char* at = value.data();
    const char* const end = at + value.size();
    for (;;) {
      const char* const plain_end = skip_plain_json(at, end);
      put({at, static_cast<std::size_t>(plain_end - at)});
      at = plain_end;
      if (at == end)
        break;
      at += write_special({at, static_cast<std::size_t>(end - at)});
    }
    put('"');
  }

  void write_double(double value) {
    if (!std::isfinite(value))
      return put("null");
    const double size = std::abs(value);
    const bool is_readable = size == 0 || (size >= 1e-5 && size < 1e17);
    std::array<char, 40> digits;
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value,
                                   is_readable ? std::chars_format::fixed : std::chars_format::scientific)
                         .ptr;
    const std::string_view written(digits.data(), static_cast<std::size_t>(end - digits.data()));
    put(written);
    if (written.find_first_of(".e") == std::string_view::npos)
      put(".0");
  }

private:
  void make_room(std::size_t size) {
    constexpr std::size_t least_growth = 256;
    if (out_.size() - used_ < size)
      out_.resize(out_.size() + out_.size() / 2 + size + least_growth);
  }

  void put(char byte) {
    make_room(1);
    out_[used_++] = byte;
  }

  void put(std::string_view bytes) {
    if (bytes.empty())
      return;
    make_room(bytes.size());
    std::memcpy(out_.data() + used_, bytes.data(), bytes.size());
    used_ += bytes.size();
  }

  template <class Integer>
  void write_integer(Integer value) {
    constexpr std::size_t longest = 20;
    make_room(longest);
    char* const start = out_.data() + used_;
    used_ += static_cast<std::size_t>(std::to_chars(start, start + longest, value).ptr - start);
  }

  void write_array(const ordered_json::array_t& items) {
    put('[');
    bool first = true;
    for (const auto& item : items) {
      if (!std::exchange(first, false))
        put(',');
      write(item);
    }
    put(']');
  }

  void write_object(const ordered_json::object_t& members) {
    put('{');
    bool first = true;
    for (const auto& [name, value] : members) {
      if (!std::exchange(first, false))
        put(',');
      write_string(name);
      put(':');
      write(value);
    }
    put('}');
  }

  /// Writes what stands for the special byte that `rest` begins with; returns how many bytes that takes care
  /// of.
  std::size_t write_special(std::string_view rest) {
    const char byte = rest.front();
    const char escape = escapes[static_cast<unsigned char>(byte)];
    if (escape != 1) {
      write_escape(static_cast<unsigned char>(byte), escape);
      return 1;
    }
    const auto length = utf8_sequence_length(rest);
    put(length != 0 ? rest.substr(0, length) : utf8_replacement);
    return length != 0 ? length : 1;
  }

  void write_escape(unsigned char byte, char escape) {
    constexpr std::string_view hexadecimal = "0123456789abcdef";
    put('\\');
    put(escape);
    if (escape != 'u')
      return;
    put("00");
    put(hexadecimal[byte >> 4]);
    put(hexadecimal[byte & 15]);
  }

  std::string& out_;
  /// How much of `out_` is written; the rest of it is room.
  std::size_t used_;
};

} // namespace

void write_json(std::string& out, const ordered_json& value) {
  writer(out).write(value);
}

void write_json_string(std::string& out, std::string_view value) {
  writer(out).write_string(value);
}

void write_json_number(std::string& out, double value) {
  writer(out).write_double(value);
}

} // namespace sluice::detail
