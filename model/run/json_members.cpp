#include "model/run/json_members.hpp"

#include "model/base/name.hpp"
#include "model/message/json_writer.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <unordered_set>
#include <vector>

namespace sluice {

namespace {

using nlohmann::ordered_json;

/// Follows the events of nlohmann's parser, which keeps its own stack: deep nesting does not crash it.
class duplicate_finder final : public nlohmann::json_sax<ordered_json> {
public:
  duplicate_finder(const std::string& path, findings& out) : root_(path), out_(&out) {}

  bool null() override { return value(); }
  bool boolean(bool) override { return value(); }
  bool number_integer(number_integer_t) override { return value(); }
  bool number_unsigned(number_unsigned_t) override { return value(); }
  bool number_float(number_float_t, const string_t&) override { return value(); }
  bool string(string_t&) override { return value(); }
  bool binary(binary_t&) override { return value(); }

  bool start_object(std::size_t) override { return open(true); }
  bool end_object() override { return close(); }
  bool start_array(std::size_t) override { return open(false); }
  bool end_array() override { return close(); }

  bool key(string_t& name) override {
    auto& object = open_.back();
    object.name = name;
    if (!object.names.insert(name).second)
      out_->push_back({finding::level::error,
                       finding_code::duplicate_key,
                       path(),
                       fmt::format("'{}' appears twice in one object; keep one", name),
                       {}});
    return true;
  }

  bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception&) override {
    return false;
  }

private:
  struct container {
    bool is_object = false;
    std::unordered_set<std::string> names = {};
    /// Where in it we are.
    std::string name = {};
    std::size_t index = 0;
  };

  bool open(bool is_object) {
    open_.push_back({is_object});
    return true;
  }

  bool close() {
    open_.pop_back();
    return value();
  }

  bool value() {
    if (!open_.empty())
      ++open_.back().index;
    return true;
  }

  std::string path() const {
    std::string result = root_;
    for (const auto& each : open_)
      result = each.is_object ? member_path(result, each.name) : item_path(result, each.index);
    return result;
  }

  std::string root_;
  findings* out_;
  std::vector<container> open_;
};

} // namespace

std::string member_path(const std::string& path, std::string_view name) {
  if (is_valid_name(name))
    return path.empty() ? std::string(name) : fmt::format("{}.{}", path, name);
  auto result = path + '[';
  detail::write_json_string(result, name);
  return result + ']';
}

std::string item_path(const std::string& path, std::size_t index) {
  return fmt::format("{}[{}]", path, index);
}

void find_duplicate_members(std::string_view text, const std::string& path, findings& out) {
  duplicate_finder finder(path, out);
  ordered_json::sax_parse(text.begin(), text.end(), &finder);
}

} // namespace sluice
