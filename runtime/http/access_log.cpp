#include "runtime/http/access_log.hpp"

#include <fmt/format.h>

#include <iterator>
#include <string>

namespace sluice {

namespace {

/// Longer paths are cut: they come from clients.
constexpr std::size_t longest_path = 512;

log_level level_of(unsigned status) {
  return status < 400 ? log_level::debug : log_level::info;
}

/// Returns `text` with nothing that could forge another line or drive a terminal.
std::string harmless(std::string_view text) {
  std::string safe;
  for (const char c : text.substr(0, longest_path))
    if (c > ' ' && c < '\x7f' && c != '"' && c != '\\')
      safe += c;
    else
      fmt::format_to(std::back_inserter(safe), "\\x{:02x}", static_cast<unsigned char>(c));
  return safe + (text.size() > longest_path ? "…" : "");
}

} // namespace

void access_log::tell(const access_record& record) const {
  const auto level = level_of(record.status);
  if (!sink_ || level < least_.load(std::memory_order_relaxed))
    return;
  const std::chrono::duration<double, std::milli> took = record.took;
  auto text =
      fmt::format("{} {} {} {:.1f} ms {} bytes id={} remote={}", harmless(record.method),
                  harmless(record.path), record.status, took.count(), record.bytes, record.id, record.remote);
  if (!record.caller.empty())
    text += " caller=" + harmless(record.caller);
  if (record.cut)
    text += " (the client left before it had the answer)";
  sink_(level, "http_request", text);
}

} // namespace sluice
