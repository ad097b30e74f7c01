#include "runtime/server/server_context.hpp"

#include "model/base/error.hpp"
#include "persistence/store/audit_store.hpp"

#include <utility>

namespace sluice {

void append_audit(const server_context& context, const http_request& request, std::string action,
                  std::string subject, std::string detail, std::function<void(std::exception_ptr)> then) {
  audit_row row;
  row.actor = request.who.name;
  row.action = std::move(action);
  row.subject = std::move(subject);
  row.detail = std::move(detail);
  const auto append = [&] {
    context.runs->write_async(
        [row = std::move(row)](store& in, utc_time now) {
          auto dated = row;
          dated.at = now;
          in.audit().append(dated);
        },
        then);
  };
  if (!context.audit.pass(append))
    then(std::make_exception_ptr(error("draining", "the server is going down: nothing is written any more")));
}

} // namespace sluice
