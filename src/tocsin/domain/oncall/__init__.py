"""Who is on call, and paging until someone answers. Acts on a Subject; never knows what kind of trouble it is."""
