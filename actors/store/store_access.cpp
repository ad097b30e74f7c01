#include "actors/store/store_access.hpp"

#include "actors/messaging/send.hpp"
#include "actors/store/store_messages.hpp"

namespace sluice {

void store_access::send(const caf::actor& to, store_priority priority, std::shared_ptr<store_request> what) {
  store_task task{priority, std::make_shared<store_ticket>(std::move(what))};
  if (priority == store_priority::urgent)
    send_urgent(to, std::move(task));
  else
    send_outside(to, std::move(task));
}

} // namespace sluice
