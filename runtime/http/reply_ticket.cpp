#include "runtime/http/reply_ticket.hpp"

#include <atomic>
#include <utility>

namespace sluice {

namespace {

class reply_ticket {
public:
  reply_ticket(std::shared_ptr<network_gate> gate, std::weak_ptr<reply_target> target, std::uint64_t request)
      : gate_(std::move(gate)), target_(std::move(target)), request_(request) {}
  reply_ticket(const reply_ticket&) = delete;
  reply_ticket& operator=(const reply_ticket&) = delete;

  ~reply_ticket() {
    if (used_.exchange(true))
      return;
    try {
      // The target must not be touched here, nor end here: this may be any thread.
      gate_->post([target = std::move(target_), request = request_] {
        if (const auto alive = target.lock())
          alive->abandon(request);
      });
    } catch (...) {
      // No memory for the message: the connection stays until its client leaves.
    }
  }

  void use(http_response answer) {
    if (used_.exchange(true))
      return;
    if (gate_->is_network_thread())
      deliver(target_, request_, std::move(answer));
    else
      gate_->post([target = target_, request = request_, answer = std::move(answer)]() mutable {
        deliver(target, request, std::move(answer));
      });
  }

private:
  static void deliver(const std::weak_ptr<reply_target>& target, std::uint64_t request,
                      http_response&& answer) {
    if (const auto alive = target.lock())
      alive->answer(request, std::move(answer));
  }

  const std::shared_ptr<network_gate> gate_;
  std::weak_ptr<reply_target> target_;
  const std::uint64_t request_;
  std::atomic<bool> used_{false};
};

} // namespace

http_reply make_reply(std::shared_ptr<network_gate> gate, std::weak_ptr<reply_target> target,
                      std::uint64_t request) {
  auto ticket = std::make_shared<reply_ticket>(std::move(gate), std::move(target), request);
  return [ticket = std::move(ticket)](http_response answer) { ticket->use(std::move(answer)); };
}

} // namespace sluice
