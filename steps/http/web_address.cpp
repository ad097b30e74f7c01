#include "steps/http/web_address.hpp"

#include <algorithm>
#include <curl/curl.h>
#include <memory>

namespace sluice {

namespace {

struct address_closer {
  void operator()(CURLU* address) const noexcept { ::curl_url_cleanup(address); }
};
struct text_closer {
  void operator()(char* text) const noexcept { ::curl_free(text); }
};
using address_pointer = std::unique_ptr<CURLU, address_closer>;

std::string part_of(CURLU* address, CURLUPart part) {
  char* text = nullptr;
  if (::curl_url_get(address, part, &text, 0) != CURLUE_OK)
    return {};
  const std::unique_ptr<char, text_closer> owned(text);
  return text;
}

} // namespace

std::optional<std::string> check_web_address(const std::string& url,
                                             std::initializer_list<std::string_view> schemes) {
  if (url.find('\0') != url.npos)
    return "there is a zero byte in it";
  const address_pointer address(::curl_url());
  const auto failure = ::curl_url_set(address.get(), CURLUPART_URL, url.c_str(), CURLU_NON_SUPPORT_SCHEME);
  if (failure != CURLUE_OK)
    return ::curl_url_strerror(failure);
  const auto scheme = part_of(address.get(), CURLUPART_SCHEME);
  if (std::find(schemes.begin(), schemes.end(), scheme) == schemes.end())
    return "'" + scheme + "' is not supported here";
  if (part_of(address.get(), CURLUPART_HOST).empty())
    return "it names no host";
  return std::nullopt;
}

std::string shown_address(const std::string& url) {
  const address_pointer address(::curl_url());
  if (::curl_url_set(address.get(), CURLUPART_URL, url.c_str(), CURLU_NON_SUPPORT_SCHEME) != CURLUE_OK)
    return "the URL";
  for (const auto part : {CURLUPART_USER, CURLUPART_PASSWORD, CURLUPART_QUERY, CURLUPART_FRAGMENT})
    ::curl_url_set(address.get(), part, nullptr, 0);
  return part_of(address.get(), CURLUPART_URL);
}

} // namespace sluice
