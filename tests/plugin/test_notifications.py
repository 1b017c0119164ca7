"""Webhooks of tests: the receiver, waiting, and what stands between a test and its webhook elsewhere."""

from collections.abc import Callable

import pytest

Run = Callable[..., pytest.RunResult]

SUBSCRIBE = """
        from datetime import timedelta

        def subscribe(outlook365, webhook, user, **fields):
            body = {
                "changeType": "created,updated,deleted",
                "notificationUrl": webhook.url,
                "resource": "me/mailFolders('inbox')/messages",
                "expirationDateTime": (outlook365.clock.now + timedelta(hours=1)).isoformat(),
                "clientState": "ours",
                **fields,
            }
            with outlook365.graph(user) as client:
                answer = client.post("/subscriptions", json=body)
                assert answer.status_code == 201, answer.text
            return answer.json()
"""


def test_a_webhook_is_notified(run: Run) -> None:
    result = run(
        SUBSCRIBE
        + """
        def test_it(outlook365):
            ada, hook = outlook365.tenant.add_user("ada"), outlook365.webhook()
            made = subscribe(outlook365, hook, ada)
            assert hook.validations == 1
            ada.mailbox.receive(subject="Invoice 17")
            [one] = hook.wait_for(1)
            assert (one["changeType"], one["clientState"]) == ("created", "ours")
            told = outlook365.notifications.wait_for(1, subscription=made["id"], change_type="created")
            assert told[0]["id"] == one["id"]
            assert outlook365.notifications.pending == []
        """
    )
    result.assert_outcomes(passed=1)


def test_what_did_not_arrive_is_explained(run: Run) -> None:
    result = run(
        SUBSCRIBE
        + """
        import pytest

        def test_it(outlook365):
            ada, hook = outlook365.tenant.add_user("ada"), outlook365.webhook()
            with pytest.raises(AssertionError, match="is there one"):
                outlook365.notifications.wait_for(1, timeout=0)
            subscribe(outlook365, hook, ada)
            hook.answer_with(500)
            outlook365.clock.freeze()
            ada.mailbox.receive(subject="Invoice 17")
            outlook365.notifications.deliver_pending(everything=False)
            with pytest.raises(AssertionError, match="the endpoint answered 500"):
                outlook365.notifications.wait_for(1, timeout=0.1)
            with pytest.raises(AssertionError, match="0 of 1 notifications"):
                hook.wait_for(1, timeout=0)
            assert outlook365.notifications.pending[0].attempts == 1
            assert [one.outcome for one in outlook365.notifications.deliver_pending()] == ["delivered"]
            assert len(hook.wait_for(1)) == 1
        """
    )
    result.assert_outcomes(passed=1)


def test_the_clock_delivers_on_its_way(run: Run) -> None:
    result = run(
        SUBSCRIBE
        + """
        def test_it(outlook365):
            ada, hook = outlook365.tenant.add_user("ada"), outlook365.webhook()
            outlook365.clock.freeze()
            subscribe(outlook365, hook, ada, lifecycleNotificationUrl=hook.lifecycle_url)
            hook.answer_with(500, 500, 500)
            ada.mailbox.receive(subject="Invoice 17")
            outlook365.clock.advance(minutes=5)
            assert len(hook.notifications) == 1
            assert [one.attempt for one in outlook365.notifications.deliveries if one.topic == "change"] == [1, 2, 3, 4]
            outlook365.clock.advance(hours=2)
            assert [one["lifecycleEvent"] for one in hook.lifecycle] == ["reauthorizationRequired"]
        """
    )
    result.assert_outcomes(passed=1)


def test_a_running_clock_sends_again_by_itself(run: Run) -> None:
    result = run(
        SUBSCRIBE
        + """
        def test_it(outlook365):
            ada, hook = outlook365.tenant.add_user("ada"), outlook365.webhook()
            subscribe(outlook365, hook, ada)
            outlook365.faults.add(
                kind="delayed_notification", match={"operation": "notifications.deliver"}, seconds=0.3
            )
            ada.mailbox.receive(subject="Invoice 17")
            assert len(outlook365.notifications.wait_for(1)) == len(hook.notifications) == 1
            assert [one.outcome for one in outlook365.notifications.deliveries][1:] == ["delayed", "delivered"]
        """
    )
    result.assert_outcomes(passed=1)


@pytest.mark.parametrize(
    ("plugins", "fixture"), [(("respx",), "respx_mock"), (("pytest_httpx",), "httpx_mock")], ids=["respx", "httpx"]
)
def test_mocks_do_not_catch_it(run: Run, plugins: tuple[str, ...], fixture: str) -> None:
    result = run(
        SUBSCRIBE
        + f"""
        def test_it(outlook365, request):
            ada, hook = outlook365.tenant.add_user("ada"), outlook365.webhook()
            subscribe(outlook365, hook, ada)
            request.getfixturevalue("{fixture}")  # from here on every request of httpx is caught
            ada.mailbox.receive(subject="Invoice 17")
            assert len(hook.wait_for(1)) == 1
        """,
        plugins=plugins,
    )
    result.assert_outcomes(passed=1)


def test_closed_sockets_do_not_matter(run: Run) -> None:
    result = run(
        SUBSCRIBE
        + """
        def test_it(outlook365):
            ada, hook = outlook365.tenant.add_user("ada"), outlook365.webhook()
            subscribe(outlook365, hook, ada)
            ada.mailbox.receive(subject="Invoice 17")
            assert len(hook.wait_for(1)) == 1
        """,
        "--disable-socket",
        "-W",
        "ignore:A test tried to use socket:UserWarning",
        plugins=("socket",),
    )
    result.assert_outcomes(passed=1)


def test_resource_data_over_tls(run: Run) -> None:
    result = run(
        SUBSCRIBE
        + """
        def test_it(outlook365):
            ada, hook = outlook365.tenant.add_user("ada"), outlook365.webhook(tls=True)
            assert hook.url.startswith("https://127.0.0.1:")
            resource = "me/messages?$select=subject"
            subscribe(outlook365, hook, ada, resource=resource, **hook.resource_data)
            ada.mailbox.receive(subject="Invoice 17")
            [one] = hook.wait_for(1)
            assert hook.decrypt(one)["subject"] == "Invoice 17"
            assert len(hook.validation_tokens) == 1
        """
    )
    result.assert_outcomes(passed=1)


def test_a_handler_that_fails_fails_the_test(run: Run) -> None:
    result = run(
        SUBSCRIBE
        + """
        import pytest

        def test_it(outlook365):
            def handle(notification):
                raise KeyError(notification["changeType"])

            ada, hook = outlook365.tenant.add_user("ada"), outlook365.webhook(handle)
            subscribe(outlook365, hook, ada)
            ada.mailbox.receive(subject="Invoice 17")
            with pytest.raises(KeyError, match="created"):
                hook.wait_for(1)
        """
    )
    result.assert_outcomes(passed=1)


def test_a_handler_can_ask_graph(run: Run) -> None:
    result = run(
        SUBSCRIBE
        + """
        def test_it(outlook365):
            ada, subjects = outlook365.tenant.add_user("ada"), []

            def handle(notification):
                with outlook365.graph(ada) as client:
                    subjects.append(client.get(f"/me/messages/{notification['resourceData']['id']}").json()["subject"])

            hook = outlook365.webhook(handle)
            subscribe(outlook365, hook, ada)
            ada.mailbox.receive(subject="Invoice 17")
            hook.wait_for(1)
            assert subjects == ["Invoice 17"]
        """
    )
    result.assert_outcomes(passed=1)


def test_two_worlds(run: Run) -> None:
    result = run(
        SUBSCRIBE
        + """
        def test_it(outlook365, outlook365_emulator):
            other = outlook365_emulator.add_world(tenants=[{}])
            people = [world.tenant.add_user("ada") for world in (outlook365, other)]
            hooks = [world.webhook() for world in (outlook365, other)]
            subscribe(outlook365, hooks[0], people[0])
            subscribe(other, hooks[1], people[1])
            people[0].mailbox.receive(subject="Invoice 17")
            assert len(hooks[0].wait_for(1)) == 1
            assert (hooks[1].notifications, other.notifications.deliver_pending()) == ([], [])
            other.drop()
        """
    )
    result.assert_outcomes(passed=1)
