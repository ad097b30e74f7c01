#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace sluice {

/// Puts together `{"NAME":[…],"REST":…}` from items that are JSON texts already.
class json_list {
public:
  explicit json_list(std::string_view name) : text_("{\"") {
    text_ += name;
    text_ += "\":[";
  }

  void add(std::string_view item) {
    if (!empty_)
      text_ += ',';
    empty_ = false;
    text_ += item;
  }
  /// Returns false, and adds nothing, when that would make the text longer than `bytes`; not for the first.
  bool add_within(std::size_t bytes, std::string_view item) {
    if (!empty_ && text_.size() + item.size() > bytes)
      return false;
    add(item);
    return true;
  }
  /// Ends it, with one more member whose value is JSON text.
  std::string finish(std::string_view name, std::string_view value) && {
    text_ += "],\"";
    text_ += name;
    text_ += "\":";
    text_ += value;
    text_ += '}';
    return std::move(text_);
  }
  /// As that, with two.
  std::string finish(std::string_view name, std::string_view value, std::string_view other_name,
                     std::string_view other_value) && {
    text_ += "],\"";
    text_ += name;
    text_ += "\":";
    text_ += value;
    text_ += ",\"";
    text_ += other_name;
    text_ += "\":";
    text_ += other_value;
    text_ += '}';
    return std::move(text_);
  }
  std::string finish() && {
    text_ += "]}";
    return std::move(text_);
  }

private:
  std::string text_;
  bool empty_ = true;
};

} // namespace sluice
