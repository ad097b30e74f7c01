#include "nodes/records/record_builder.hpp"

#include "model/message/utf8.hpp"

#include <nlohmann/json.hpp>

#include <unordered_map>
#include <utility>

namespace sluice::detail {

namespace {

using nlohmann::ordered_json;

/// Up to this many members a search from the front beats a hash table.
constexpr std::size_t linear_lookup_limit = 24;

} // namespace

struct record_builder::members {
  ordered_json::object_t object;
  /// Where each name stands; used once there are too many to search.
  std::unordered_map<std::string, std::size_t> places;

  std::size_t find(const std::string& name) const {
    if (object.size() > linear_lookup_limit) {
      const auto found = places.find(name);
      return found == places.end() ? object.size() : found->second;
    }
    std::size_t place = 0;
    while (place < object.size() && object.data()[place].first != name)
      ++place;
    return place;
  }

  void append(std::string name, ordered_json value) {
    if (object.size() == linear_lookup_limit)
      for (std::size_t place = 0; place < object.size(); ++place)
        places.emplace(object.data()[place].first, place);
    if (object.size() >= linear_lookup_limit)
      places.emplace(name, object.size());
    object.emplace_back(std::move(name), std::move(value));
  }
};

record_builder::record_builder() : members_(std::make_unique<members>()) {}

record_builder::~record_builder() = default;

void record_builder::add(std::string_view name, ordered_json value) {
  auto clean = replace_invalid_utf8(name);
  const auto place = members_->find(clean);
  if (place < members_->object.size())
    members_->object.data()[place].second = std::move(value);
  else
    members_->append(std::move(clean), std::move(value));
}

void record_builder::add_text(std::string_view name, std::string_view value) {
  add(name, replace_invalid_utf8(value));
}

void record_builder::add_true(std::string_view name) {
  add(name, true);
}

void record_builder::add_null(std::string_view name) {
  add(name, nullptr);
}

bool record_builder::empty() const noexcept {
  return members_->object.empty();
}

json record_builder::finish() {
  members_->places.clear();
  return json(std::exchange(members_->object, {}));
}

} // namespace sluice::detail
