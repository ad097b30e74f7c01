#include "nodes/jq/jq_program.hpp"

#include "model/config/options.hpp"
#include "nodes/jq/jq_input.hpp"
#include "nodes/jq/jq_order.hpp"
#include "nodes/jq/jq_vetting.hpp"
#include "nodes/jq/libjq_program.hpp"
#include "nodes/jq/native_program.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace sluice {

namespace {

using nlohmann::ordered_json;

/// Returns the handle for a result: the document's own when the result is the document.
json share_or_copy(const ordered_json* result, const json& document) {
  return result == &document.value() ? document : json(*result);
}

std::string as_key(const json& result) {
  return result.value().is_string() ? result.value().get<std::string>() : result.dump();
}

} // namespace

/// One of the two ways to run it.
class jq_program::implementation {
public:
  explicit implementation(const std::string& source) {
    if (auto syntax = detail::parse_native(source))
      native_.emplace(*std::move(syntax));
    else
      library_ = std::make_unique<detail::libjq_program>(source);
  }

  bool is_native() const noexcept { return native_.has_value(); }
  bool is_identity() const noexcept { return native_ && native_->is_identity(); }

  /// Calls `take` for each result until it returns false.
  void run(const json& document, const std::function<bool(json)>& take) {
    if (!native_)
      return library_->run(document, take);
    if (const auto* result = native_->run(document.value()))
      take(share_or_copy(result, document));
  }

  std::optional<json> first(const json& document) {
    std::optional<json> result;
    run(document, [&](json one) {
      result = std::move(one);
      return false;
    });
    return result;
  }

  bool test(const json& document) {
    if (native_) {
      const auto* result = native_->run(document.value());
      return result != nullptr && detail::jq_is_true(*result);
    }
    const auto result = first(document);
    return result && detail::jq_is_true(result->value());
  }

private:
  std::optional<detail::native_program> native_;
  std::unique_ptr<detail::libjq_program> library_;
};

jq_program::jq_program(const std::string& source, const std::string& option) {
  if (const auto objection = detail::jq_objection(detail::jq_tokens(source)))
    throw option_error(option, fmt::format("the jq program '{}' may not run here: {}", source, *objection));
  try {
    implementation_ = std::make_unique<implementation>(source);
  } catch (const error& refused) {
    throw option_error(option, fmt::format("'{}' is not a jq program: {}", source, refused.what()));
  }
}

jq_program::~jq_program() = default;
jq_program::jq_program(jq_program&&) noexcept = default;
jq_program& jq_program::operator=(jq_program&&) noexcept = default;

void jq_program::run(const message& input, const std::function<void(json)>& take) {
  const detail::jq_input from(input);
  implementation_->run(from.document(), [&](json one) {
    take(std::move(one));
    return true;
  });
}

std::optional<json> jq_program::first(const message& input) {
  const detail::jq_input from(input);
  return implementation_->first(from.document());
}

bool jq_program::test(const message& input) {
  const detail::jq_input from(input);
  return implementation_->test(from.document());
}

std::string jq_program::key(const message& input) {
  // Texts that are not UTF-8 would otherwise look alike.
  if (const auto* characters = input.get_if<text>(); characters != nullptr && implementation_->is_identity())
    return std::string(characters->view());
  const detail::jq_input from(input);
  const auto result = implementation_->first(from.document());
  return result ? as_key(*result) : std::string();
}

std::optional<double> jq_program::number(const message& input) {
  const detail::jq_input from(input);
  const auto result = implementation_->first(from.document());
  if (!result || !result->value().is_number())
    return std::nullopt;
  return result->value().get<double>();
}

bool jq_program::is_native() const noexcept {
  return implementation_->is_native();
}

bool jq_program::runs_natively(const std::string& source) {
  return detail::parse_native(source).has_value();
}

} // namespace sluice
