#include "persistence/requests/request_failure.hpp"

#include "model/base/error.hpp"

#include <string_view>

namespace sluice {

namespace {

void count_code(store_meters& in, std::string_view code) noexcept {
  if (code == "internal")
    store_meters::add(in.internal_failures);
  else if (code.starts_with("store_") || code.starts_with("schema_"))
    store_meters::add(in.store_failures);
  else
    store_meters::add(in.refusals);
  if (code == "stale_token")
    store_meters::add(in.stale_tokens);
}

} // namespace

std::exception_ptr copy_of(const std::exception_ptr& failure) noexcept {
  try {
    std::rethrow_exception(failure);
  } catch (const internal_error& ours) {
    return std::make_exception_ptr(internal_error(ours.what()));
  } catch (const error& known) {
    return std::make_exception_ptr(error(known.code(), known.what()));
  } catch (...) {
    return failure;
  }
}

void count_failure(store_meters& in, const std::exception_ptr& failure) noexcept {
  try {
    std::rethrow_exception(failure);
  } catch (const error& known) {
    count_code(in, known.code());
  } catch (...) {
    store_meters::add(in.internal_failures);
  }
}

} // namespace sluice
