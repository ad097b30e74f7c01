#include "model/message/json.hpp"

#include "model/base/error.hpp"
#include "model/message/json_reader.hpp"
#include "model/message/json_writer.hpp"

#include <nlohmann/json.hpp>

#include <mutex>
#include <string>
#include <utility>

namespace sluice {

namespace {

using nlohmann::ordered_json;

/// Deeper documents than any that was read are left to nlohmann's destructor, which does not recurse.
constexpr std::size_t deepest_taken_apart = 256;

/// Empties containers from the inside. nlohmann's destructor would move all members of each to a vector of
/// its own first.
void take_apart(ordered_json& value, std::size_t depth) noexcept {
  if (depth > deepest_taken_apart)
    return;
  if (value.is_array()) {
    auto& items = value.get_ref<ordered_json::array_t&>();
    for (auto& item : items)
      if (item.is_structured())
        take_apart(item, depth + 1);
    items.clear();
  } else if (value.is_object()) {
    auto& members = value.get_ref<ordered_json::object_t&>();
    for (auto& member : members)
      if (member.second.is_structured())
        take_apart(member.second, depth + 1);
    members.clear();
  }
}

struct json_block : shared_block {
  explicit json_block(ordered_json document) : value(std::move(document)) {}
  ~json_block() { take_apart(value, 0); }

  ordered_json value;
  /// The compact form, when the document was read from it or has digits that `value` cannot hold; otherwise
  /// empty.
  std::string compact;
  /// `value` is made when it is asked for: this is a `late_json_block`.
  bool late = false;
};

struct late_json_block : json_block {
  explicit late_json_block(std::string text) : json_block(nullptr) {
    compact = std::move(text);
    late = true;
  }

  /// By whichever thread comes first.
  const ordered_json& made() noexcept {
    std::call_once(once, [this] {
      try {
        auto keep = detail::kept_form::none;
        value = detail::read_json(compact, keep);
      } catch (const error&) {
        value = nullptr;
      }
    });
    return value;
  }

  std::once_flag once;
};

const ordered_json null_value;

} // namespace

json::json(ordered_json value) {
  if (!value.is_null())
    block_ = new json_block(std::move(value));
}

json json::parse(std::string_view source) {
  auto keep = detail::kept_form::none;
  json result(detail::read_json(source, keep));
  if (result.block_ == nullptr || keep == detail::kept_form::none)
    return result;
  auto& compact = static_cast<json_block*>(result.block_)->compact;
  if (keep == detail::kept_form::source)
    compact = source;
  else
    compact = detail::compact_json(source);
  return result;
}

json json::of_compact(std::string text) {
  json result;
  result.block_ = new late_json_block(std::move(text));
  return result;
}

const ordered_json& json::value() const noexcept {
  if (block_ == nullptr)
    return null_value;
  auto* const block = static_cast<json_block*>(block_);
  return block->late ? static_cast<late_json_block*>(block)->made() : block->value;
}

std::string_view json::kept_text() const noexcept {
  return block_ != nullptr ? std::string_view(static_cast<const json_block*>(block_)->compact)
                           : std::string_view();
}

std::string json::dump() const {
  std::string out;
  dump_to(out);
  return out;
}

void json::dump_to(std::string& out) const {
  if (block_ != nullptr && !static_cast<const json_block*>(block_)->compact.empty())
    out += static_cast<const json_block*>(block_)->compact;
  else
    detail::write_json(out, value());
}

void json::destroy(shared_block* block) noexcept {
  auto* const document = static_cast<json_block*>(block);
  if (document->late)
    delete static_cast<late_json_block*>(document);
  else
    delete document;
}

} // namespace sluice
