#include "runtime/server/serving_check.hpp"

#include "model/base/error.hpp"
#include "runtime/server/access_control.hpp"

#include <string>

namespace sluice {

namespace {

void report(findings& out, const char* path, const std::string& text,
            finding::level severity = finding::level::error) {
  out.push_back({severity, finding_code::bad_value, path, text, {}});
}

void check_form(const server_settings& settings, findings& out) {
  try {
    (void)parse_listen_address(settings.http.listen, listen_scope::any);
  } catch (const error& refused) {
    report(out, "http.listen", refused.what());
  }
}

void check_address(const server_settings& settings, findings& out) {
  try {
    const bool encrypted = !settings.http.tls.certificate.empty();
    if (!is_loopback(allowed_listen_address(settings)) && !encrypted)
      report(out, "http.listen",
             "tokens travel to '" + settings.http.listen +
                 "' unencrypted; set http.tls, or let only a proxy with TLS reach it",
             finding::level::warning);
  } catch (const error& refused) {
    report(out, "http.listen", refused.what());
  }
}

} // namespace

listen_address allowed_listen_address(const server_settings& settings) {
  const auto& listen = settings.http.listen;
  const auto address = parse_listen_address(listen, listen_scope::any);
  if (!is_loopback(address) && !has_credentials(settings.security))
    throw error("not_loopback",
                "will not listen on '" + listen +
                    "', which other machines can reach, while no token is set up; set "
                    "security.admin_token_file, SLUICE_ADMIN_TOKEN or security.jwt, or listen on 127.0.0.1");
  return address;
}

void check_serving(const server_settings& settings, findings& out) {
  // A token that could not be read would be found again, as one that is missing.
  if (has_errors(out))
    return check_form(settings, out);
  check_address(settings, out);
  try {
    const access_control access(settings.security);
  } catch (const error& refused) {
    report(out, "security", refused.what());
  }
}

} // namespace sluice
