#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

namespace sluice {

/// Returns why `url` is no URL of one of `schemes` with a host, or nothing when it is.
std::optional<std::string> check_web_address(const std::string& url,
                                             std::initializer_list<std::string_view> schemes);

/// Returns the URL for messages: without user, password, query and fragment, where secrets stand.
std::string shown_address(const std::string& url);

} // namespace sluice
