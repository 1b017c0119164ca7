"""Libraries that move the time of the test process leave the emulator's alone."""

import pytest

TEST = """
    import datetime
    import httpx

    {imports}

    {decorator}
    def test_a_message_arrives_today(outlook365):
        assert datetime.datetime.now().year == 2001
        ada = outlook365.tenant.add_user("ada")
        ada.mailbox.receive(subject="Hello", sender="ben@example.org")
        [message] = outlook365.graph(ada).get("/me/messages").json()["value"]
        assert message["receivedDateTime"] > "2026"
        assert outlook365.clock.now.year >= 2026
"""

WAYS = {
    "freezegun": ("import freezegun", '@freezegun.freeze_time("2001-02-03")'),
    "time_machine": ("import time_machine", '@time_machine.travel("2001-02-03 00:00:00", tick=False)'),
}


@pytest.mark.parametrize("way", ["freezegun", "time_machine"])
def test_the_emulator_keeps_its_own_time(run, way):
    imports, decorator = WAYS[way]
    run(TEST.format(imports=imports, decorator=decorator)).assert_outcomes(passed=1)
