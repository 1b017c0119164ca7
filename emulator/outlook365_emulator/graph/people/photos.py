"""Profile photos: nobody has one, and Graph's answer to that is an error.

Graph page profilephoto-get.
"""

from outlook365_emulator.errors import graph_error
from outlook365_emulator.graph.answers import Text
from outlook365_emulator.graph.call import Call
from outlook365_emulator.graph.operation import operation
from outlook365_emulator.store.records.directory import User


@operation("GET /users/{user}/photo", least="User.Read", workload="directory")
def get_photo(call: Call, user: User) -> Text:
    """Get the metadata of a user's photo.

    Raises:
        GraphError: `photo_not_found`.
    """
    raise graph_error("photo_not_found", because=f"{user.user_principal_name} has no photo, as nobody has here")


@operation("GET /users/{user}/photo/$value", least="User.Read", workload="directory")
def get_photo_content(call: Call, user: User) -> Text:
    """Get a user's photo.

    Raises:
        GraphError: `photo_not_found`.
    """
    return get_photo(call, user)
